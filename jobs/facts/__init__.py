"""Gold facts: silver rows joined, netted and counted, one module per fact table."""
