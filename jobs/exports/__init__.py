"""What leaves the lake: the clue contract's files and the supervisors' workbook."""
