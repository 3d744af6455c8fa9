"""What makes Patchbay run on AWS: the package that Lambda gets, and the CDK stack around it."""
