"""The whole deployment: one stack, composed of a construct per concern."""

from __future__ import annotations

from typing import Any

from aws_cdk import Environment, Stack, Tags
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.api import Api
from infra.application import Application
from infra.config import StageConfig
from infra.consoles import Consoles
from infra.events import Events, Queues
from infra.files import Files
from infra.functions import Package
from infra.mail import Mail
from infra.observability import NodeLogs, Observability
from infra.sbc import Sbc
from infra.secrets import Secrets
from infra.table import Table
from infra.zone import Zone

_ARCHITECTURES = {"arm64": lambda_.Architecture.ARM_64, "x86_64": lambda_.Architecture.X86_64}


class PatchbayStack(Stack):
    """Everything of one stage. Each concern is an attribute, so that later ones can refer to earlier ones."""

    def __init__(self, scope: Construct, *, config: StageConfig, application: Application, **options: Any) -> None:
        super().__init__(
            scope,
            config.name,
            stack_name=config.name,
            description=f"Patchbay, {config.stage}: the whole of it",
            env=Environment(account=config.account or None, region=config.region),
            termination_protection=config.keep_data,
            **options,
        )
        self.config = config
        Tags.of(self).add("patchbay:stage", config.stage)
        self.data = Table(self, "Data", config=config)
        self.zone = Zone(self, "Zone", config=config)
        self.files = Files(self, "Files", config=config)
        self.secrets = Secrets(self, "Secrets", config=config)
        self.mail = Mail(self, "Mail", config=config, zone=self.zone)
        self.queues = Queues(self, "Queues", name=config.name, stage=config.stage, application=application)
        package = Package(
            config=config,
            code=lambda_.Code.from_asset(str(application.package)),
            architecture=_ARCHITECTURES[application.architecture],
            environment=self._environment(),
            resources=self._resources(),
        )
        self.api = Api(
            self,
            "Api",
            config=config,
            application=application,
            package=package,
            zone=self.zone,
        )
        self.events = Events(
            self, "Events", application=application, package=package, queues=self.queues, table=self.data
        )
        self.consoles = Consoles(
            self, "Consoles", config=config, files=self.files, secrets=self.secrets, zone=self.zone
        )
        self.node_logs = NodeLogs(self, "NodeLogs", config=config)
        self.sbc = Sbc(self, "Sbc", config=config, zone=self.zone, node_logs=self.node_logs)
        self.observability = Observability(
            self,
            "Observability",
            config=config,
            table=self.data,
            api=self.api,
            events=self.events,
            queues=self.queues,
            node_logs=self.node_logs,
        )

    def _environment(self) -> dict[str, str]:
        """The settings of the control plane (``chalicelib/settings.py``)."""
        return {
            "PATCHBAY_STAGE": self.config.stage,
            "PATCHBAY_REGION": self.config.region,
            "PATCHBAY_TABLE_NAME": self.data.table.table_name,
            "PATCHBAY_PLATFORM_DOMAIN": self.config.domain,
            "PATCHBAY_PUBLIC_URL": self.config.public_url,
            "PATCHBAY_MAIL_ADAPTER": "ses",
            "PATCHBAY_MAIL_FROM": self.mail.sender,
            "PATCHBAY_SECRETS_ADAPTER": "secretsmanager",
            "PATCHBAY_FILES_ADAPTER": "s3",
            "PATCHBAY_FILES_BUCKET": self.files.bucket.bucket_name,
            "PATCHBAY_QUEUE_ADAPTER": "sqs",
            "PATCHBAY_WORK_QUEUE_URL": self.queues.queues["work"].queue_url,
            "PATCHBAY_SPEECH_ADAPTER": "polly",
            "PATCHBAY_NODE_QUEUES_ADAPTER": "sqs",
            "PATCHBAY_STREAM_ARN": self.data.stream_arn or "none",
            "PATCHBAY_BEHIND_EDGE": "true",
        }

    def _resources(self) -> dict[str, str]:
        """ARNs by the names that ``infra/policies.py`` uses."""
        secrets = f"arn:{self.partition}:secretsmanager:{self.region}:{self.account}:secret"
        return {
            "table": self.data.table.table_arn,
            "files": self.files.bucket.bucket_arn,
            "mail_identity": self.mail.identity_arn,
            "mail_configuration": self.mail.configuration_arn,
            "work_queue": self.queues.queues["work"].queue_arn,
            "node_queues": f"arn:{self.partition}:sqs:{self.region}:{self.account}:{self.config.name}-node-",
            "secrets": f"{secrets}:patchbay/{self.config.stage}",
        }
