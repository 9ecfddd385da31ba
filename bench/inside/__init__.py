"""What the benches run with Django set up, on the database that the environment names (`bench.databases`)."""
