"""Values of the chart that make it render everything that it can render."""

from functools import cache

from scripts.kubernetes.render import template
from tests.kubernetes.manifests import Document, parse

EVERYTHING = {
    "keda.enabled": "true",
    "monitoring.enabled": "true",
    "monitoring.labels.release": "prometheus",
    "workflows.enabled": "true",
    "worker.enabled": "true",
    "worker.sourcesSecret": "sources",
    "reporter.enabled": "true",
    "reporter.webdavSecret": "webdav",
    "reporter.webdavCaSecret": "webdav-ca",
    "reporter.settings.WEBDAV_URL": "https://cloud.example.org/remote.php/dav/files/ann",
    "alerter.urlsSecret": "urls",
    "alerter.webhookSecret": "webhook",
    "alerter.storageClass": "fast",
    "sensor.storageClass": "fast",
    "traces.endpoint": "http://collector.observability.svc:4318",
    "traces.headersSecret": "collector",
    "pipeline.settings.OTEL_TRACES_SAMPLER_ARG": "0.1",
    "rabbitmq.tlsSecret": "rabbitmq-tls",
    "rabbitmq.storageClass": "fast",
    "rabbitmq.additionalConfig": "log.console.level = warning",
    "postgres.storageClass": "fast",
    "ingress.enabled": "true",
    "ingress.host": "sensors.example.org",
    "ingress.className": "nginx",
    "ingress.tlsSecret": "page-tls",
    "ingress.annotations.example\\.org/limit": "a",
    "networkPolicy.clientNamespaces[0]": "ingress-nginx",
    "networkPolicy.brokerClientNamespaces[0]": "gateway",
    "image.prefix": "registry.example.org/",
    "image.pullSecrets[0]": "registry",
    "scheduling.nodeSelector.disk": "ssd",
    "scheduling.priorityClassName": "high",
    "scheduling.tolerations[0].key": "sensors",
    "scheduling.tolerations[0].operator": "Exists",
}
# Servers of one's own.
EXTERNAL = {
    "rabbitmq.operator": "false",
    "rabbitmq.host": "rabbit-1.example.org\\,rabbit-2.example.org",
    "rabbitmq.port": "5671",
    "rabbitmq.managementUrl": "https://rabbit-1.example.org:15671",
    "rabbitmq.ownerSecret": "rabbitmq-owner",
    "rabbitmq.caSecret": "rabbitmq-ca",
    "postgres.operator": "false",
    "postgres.host": "database-1.example.org\\,database-2.example.org",
    "postgres.ownerSecret": "postgres-owner",
    "postgres.caSecret": "postgres-ca",
    "keda.enabled": "true",
    "workflows.enabled": "true",
    "worker.enabled": "true",
    "networkPolicy.enabled": "false",
}
SINGLE = {
    "rabbitmq.replicas": "1",
    "postgres.instances": "1",
    "sensor.enabled": "false",
    "sensorctl.enabled": "false",
}
PREFERRED = {"postgres.durability": "preferred"}
VARIANTS = {
    "defaults": {},
    "everything": EVERYTHING,
    "external": EXTERNAL,
    "single": SINGLE,
    "preferred": PREFERRED,
}


@cache
def render(variant: str) -> list[Document]:
    """Return the manifests of a variant."""
    return parse(template(VARIANTS[variant]))
