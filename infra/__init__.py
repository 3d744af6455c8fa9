"""The deployment to AWS: a CDK application, a file per concern, and the check of it that needs no account."""
