"""What people ask of the loaded lists. An answer is plain data; `report` puts it in words."""
