// SQLite driver.
