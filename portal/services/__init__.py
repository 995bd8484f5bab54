"""What people and the worker do, a verb a function. A service never commits and never sees a request."""
