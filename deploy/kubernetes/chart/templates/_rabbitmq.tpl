{{/* What deploy/rabbitmq/*.conf sets in Docker Compose, which a test compares, and what a cluster needs. */}}
{{- define "sensors.rabbitmq.configuration" -}}
default_vhost = {{ .Values.rabbitmq.vhost }}
default_queue_type = quorum
anonymous_login_user = none
mqtt.allow_anonymous = false
mqtt.vhost = {{ .Values.rabbitmq.vhost }}
message_interceptors.incoming.set_header_timestamp.overwrite = false
max_message_size = 65536
mqtt.max_packet_size_authenticated = 65536
queue_leader_locator = balanced
quorum_queue.continuous_membership_reconciliation.enabled = true
quorum_queue.continuous_membership_reconciliation.target_group_size = {{ min 3 (int .Values.rabbitmq.replicas) }}
quorum_queue.continuous_membership_reconciliation.interval = 60000
net_ticktime = 20
{{- with .Values.rabbitmq.additionalConfig }}
{{ . }}
{{- end }}
{{ end }}
