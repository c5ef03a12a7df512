"""Airflow: thin, derived from FLOW; parsing a DAG never imports Spark."""
