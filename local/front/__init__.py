"""The HTTP front of the embedded system: what API Gateway is to the deployed one."""
