"""What operators look at: the nodes' log groups, alarms with their topic, dashboards, saved queries.

What there is stands as plain data in ``alarms.py``, ``dashboard.py`` and ``queries.py``; this turns it into resources.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

from aws_cdk import Duration, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from constructs import Construct

from infra.alarm_kinds import Alarm, Metric
from infra.alarms import ALARMS, FROM_LOGS, LOG_METRICS, description_of, threshold_of
from infra.api import Api
from infra.config import StageConfig
from infra.dashboard import DASHBOARDS, body_of
from infra.events import Events, Queues
from infra.log_groups import NODE_PROGRAMS, node_log_group
from infra.queries import QUERIES
from infra.removal import removal_of
from infra.table import Table

_COMPARISONS = {
    ">": cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
    ">=": cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    "<": cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
}
_MISSING = {
    "breaching": cloudwatch.TreatMissingData.BREACHING,
    "notBreaching": cloudwatch.TreatMissingData.NOT_BREACHING,
    "ignore": cloudwatch.TreatMissingData.IGNORE,
}


class NodeLogs(Construct):
    """``groups`` by program: made before the nodes, which write to them and take their names from here."""

    def __init__(self, scope: Construct, construct_id: str, *, config: StageConfig) -> None:
        super().__init__(scope, construct_id)
        self.groups: dict[str, logs.LogGroup] = {}
        for program in NODE_PROGRAMS:
            group = logs.LogGroup(
                self,
                program,
                log_group_name=node_log_group(config.name, program),
                removal_policy=removal_of(config),
            )
            cast("logs.CfnLogGroup", group.node.default_child).retention_in_days = config.log_days
            self.groups[program] = group


class Observability(Construct):
    """``topic``: where alarms go; ``alarm_email`` reads it."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        config: StageConfig,
        table: Table,
        api: Api,
        events: Events,
        queues: Queues,
        node_logs: NodeLogs,
    ) -> None:
        super().__init__(scope, construct_id)
        self._config = config
        self._names = {
            "stage": config.stage,
            "api": config.name,
            "table": table.table.table_name,
            "api_function": api.function.function_name,
            "stream_function": events.functions["publish_changes"].function_name,
            "work_queue": queues.queues["work"].queue_name,
        }
        dead = {**queues.dead_letters, **events.dead_letters}
        self._kinds: dict[str, dict[str, str]] = {
            "function": {name: one.function_name for name, one in events.functions.items()},
            "dead_letters": {name: one.queue_name for name, one in dead.items()},
        }
        for counted in LOG_METRICS:
            logs.MetricFilter(
                self,
                f"{counted.name}-lines",
                log_group=node_logs.groups[counted.program],
                filter_pattern=logs.FilterPattern.all_terms(counted.phrase),
                metric_namespace=FROM_LOGS.format_map(self._names),
                metric_name=counted.name,
                metric_value="1",
            )
        self.topic = self._make_topic()
        for alarm in ALARMS:
            self._make_alarm(alarm)
        self._make_dashboards()
        functions = (api.function, *events.functions.values())
        self._save_queries(
            {
                "functions": [one.log_group.log_group_name for one in functions],
                **{program: [group.log_group_name] for program, group in node_logs.groups.items()},
            }
        )

    def _make_topic(self) -> sns.Topic:
        topic = sns.Topic(self, "Alarms", topic_name=f"{self._config.name}-alarms", enforce_ssl=True)
        stack = Stack.of(self)
        # Its policy, which wants TLS, takes the place of SNS' own, by which alarms of the account may publish.
        topic.add_to_resource_policy(
            iam.PolicyStatement(
                principals=[iam.ServicePrincipal("cloudwatch.amazonaws.com")],
                actions=["sns:Publish"],
                resources=[topic.topic_arn],
                conditions={
                    "StringEquals": {"aws:SourceAccount": stack.account},
                    "ArnLike": {
                        "aws:SourceArn": f"arn:{stack.partition}:cloudwatch:{stack.region}:{stack.account}:alarm:"
                        f"{self._config.name}-*"
                    },
                },
            )
        )
        if self._config.alarm_email:
            topic.add_subscription(subscriptions.EmailSubscription(self._config.alarm_email))
        return topic

    def _make_alarm(self, alarm: Alarm) -> None:
        period = Duration.seconds(alarm.period_s)
        metrics = {
            key: one for key, metric in alarm.metrics.items() for key, one in self._metrics(key, metric, period).items()
        }
        expression = alarm.expression or " + ".join(f"FILL({key}, 0)" for key in metrics)
        single = len(metrics) == 1 and not alarm.expression
        made = cloudwatch.Alarm(
            self,
            alarm.name,
            alarm_name=f"{self._config.name}-{alarm.name}",
            alarm_description=description_of(alarm),
            metric=next(iter(metrics.values()))
            if single
            else cloudwatch.MathExpression(
                expression=expression, using_metrics=metrics, period=period, label=alarm.name
            ),
            comparison_operator=_COMPARISONS[alarm.comparison],
            threshold=threshold_of(alarm, nodes=self._config.sbc_nodes),
            evaluation_periods=alarm.periods,
            treat_missing_data=_MISSING[alarm.missing],
        )
        made.add_alarm_action(actions.SnsAction(self.topic))
        made.add_ok_action(actions.SnsAction(self.topic))

    def _metrics(self, key: str, metric: Metric, period: Duration) -> dict[str, cloudwatch.IMetric]:
        """By the ids of metric math: one, or one for each resource of the kind."""
        if not metric.each:
            return {key: self._metric(metric, self._names, period)}
        names = self._kinds[metric.each].values()
        return {
            f"{key}{number}": self._metric(metric, {**self._names, "each": name}, period)
            for number, name in enumerate(names)
        }

    def _metric(self, metric: Metric, names: Mapping[str, str], period: Duration) -> cloudwatch.IMetric:
        return cloudwatch.Metric(
            namespace=metric.namespace.format_map(names),
            metric_name=metric.name,
            dimensions_map={name: value.format_map(names) for name, value in metric.dimensions.items()},
            statistic=metric.statistic,
            period=period,
        )

    def _make_dashboards(self) -> None:
        stack = Stack.of(self)
        for name, widgets in DASHBOARDS.items():
            body = body_of(widgets, region=stack.region, names=self._names, kinds=self._kinds)
            cloudwatch.CfnDashboard(
                self,
                f"{name}-dashboard",
                dashboard_name=f"{self._config.name}-{name}",
                dashboard_body=stack.to_json_string(body),
            )

    def _save_queries(self, groups: Mapping[str, Sequence[str]]) -> None:
        for query in QUERIES:
            logs.CfnQueryDefinition(
                self,
                f"query-{query.name}",
                name=f"{self._config.name}/{query.name}",
                query_string=query.text,
                log_group_names=[name for kind in query.logs for name in groups[kind]],
            )
