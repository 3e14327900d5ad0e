{{/* The argument of sensors.pod for a worker, as YAML without "root" and "component": the Deployment and the ScaledJob run the same. */}}
{{- define "sensors.worker" -}}
image: sensors-worker
broker: worker
database: worker
traces: true
port: 9100
grace: 30
resources: {{ toYaml .Values.worker.resources | nindent 2 }}
settings: {{ toYaml .Values.worker.settings | nindent 2 }}
{{- with .Values.worker.sourcesSecret }}
envFrom:
  - secretRef: {name: {{ . }}}
{{- end }}
{{- end }}

{{/* The kinds of jobs whose queues start workers: WORKER_KINDS, else all of worker/kinds, which a test compares. */}}
{{- define "sensors.worker.kinds" -}}
{{- $all := list "dummy" "live" "rest" "source-test" }}
{{- $selected := splitList "," (.Values.worker.settings.WORKER_KINDS | default "") | compact }}
{{- toYaml ($selected | default $all) }}
{{- end }}
