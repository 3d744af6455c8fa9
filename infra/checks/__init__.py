"""``make deploy-check``: what can be proven of the deployment without an account."""
