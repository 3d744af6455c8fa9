"""How Patchbay is deployed to AWS. Modules that need no CDK (package, policies, alarms, prices) import none."""
