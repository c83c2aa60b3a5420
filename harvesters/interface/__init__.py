"""Interface mode (接口方式): rows that an HTTP interface gives page by page."""
