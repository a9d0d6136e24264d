// PostgreSQL driver.
