// Redis driver.
