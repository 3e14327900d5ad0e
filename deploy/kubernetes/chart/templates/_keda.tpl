{{/* The trigger of a queue: (dict "root" $ "queue" NAME "value" N "activation" N). */}}
{{- define "sensors.keda.trigger" -}}
type: rabbitmq
metadata:
  host: {{ include "sensors.keda.host" .root }}
  protocol: http
  vhostName: {{ .root.Values.rabbitmq.vhost | quote }}
  queueName: {{ .queue }}
  mode: QueueLength
  value: {{ int .value | quote }}
  activationValue: {{ int .activation | quote }}
  excludeUnacknowledged: "true"
authenticationRef: {name: {{ .root.Release.Name }}-rabbitmq}
{{- end }}

{{/* KEDA is in another namespace, where the name of a Service needs its own. */}}
{{- define "sensors.keda.host" -}}
{{- if and .Values.rabbitmq.operator (not .Values.rabbitmq.managementUrl) -}}
{{ include "sensors.rabbitmq.management" (dict "root" . "host" (printf "%s.%s.svc" (include "sensors.rabbitmq.cluster" .) .Release.Namespace)) }}
{{- else -}}
{{ include "sensors.rabbitmq.managementUrl" . }}
{{- end }}
{{- end }}
