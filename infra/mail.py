"""Mail: the domain as a sender that others can verify (DKIM, SPF, DMARC), and what comes back."""

from __future__ import annotations

from aws_cdk import Stack
from aws_cdk import aws_route53 as route53
from aws_cdk import aws_ses as ses
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from constructs import Construct

from infra.config import StageConfig
from infra.zone import Zone


class Mail(Construct):
    """``bounces``: the topic that hears of bounces and complaints (its readers: ``alarm_email``)."""

    def __init__(self, scope: Construct, construct_id: str, *, config: StageConfig, zone: Zone) -> None:
        super().__init__(scope, construct_id)
        self.bounces = sns.Topic(self, "Bounces", topic_name=f"{config.name}-mail", enforce_ssl=True)
        if config.alarm_email:
            self.bounces.add_subscription(subscriptions.EmailSubscription(config.alarm_email))
        self.configuration = ses.ConfigurationSet(
            self,
            "Configuration",
            configuration_set_name=config.name,
            tls_policy=ses.ConfigurationSetTlsPolicy.REQUIRE,
            reputation_metrics=True,
            suppression_reasons=ses.SuppressionReasons.BOUNCES_AND_COMPLAINTS,
        )
        self.configuration.add_event_destination(
            "ComesBack",
            destination=ses.EventDestination.sns_topic(self.bounces),
            events=[ses.EmailSendingEvent.BOUNCE, ses.EmailSendingEvent.COMPLAINT, ses.EmailSendingEvent.REJECT],
        )
        self.identity = ses.EmailIdentity(
            self,
            "Identity",
            identity=ses.Identity.public_hosted_zone(zone.zone),
            configuration_set=self.configuration,
            mail_from_domain=f"mail.{config.domain}",  # a name that no ISP can have
        )
        route53.TxtRecord(
            self,
            "Dmarc",
            zone=zone.zone,
            record_name=f"_dmarc.{config.domain}",
            values=["v=DMARC1; p=quarantine; adkim=r; aspf=r"],
        )
        stack = Stack.of(self)
        base = f"arn:{stack.partition}:ses:{stack.region}:{stack.account}"
        self.identity_arn = f"{base}:identity/{'*' if config.mail_trial else config.domain}"
        self.configuration_arn = f"{base}:configuration-set/{config.name}"
        self.sender = f"Patchbay <noreply@{config.domain}>"
