"""What people meet: Python calls, command line, report and page; they compute nothing."""
