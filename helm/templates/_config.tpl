{{- define "scim-gateway.listen" -}}0.0.0.0:{{ int .Values.ports.scim }}{{- end -}}
{{- define "scim-gateway.admin" -}}0.0.0.0:{{ int .Values.ports.admin }}{{- end -}}

{{/* The gateway.yaml that the pod reads: the given config, with what the chart decides. */}}
{{- define "scim-gateway.config" -}}
{{- $config := deepCopy .Values.config -}}
{{- $_ := set $config "listen" (include "scim-gateway.listen" .) -}}
{{- $_ := set $config "admin" (include "scim-gateway.admin" .) -}}
{{- if .Values.mappings -}}
{{- $_ := set $config "mappings" (prepend (default list $config.mappings) "/etc/scim-gateway/mappings") -}}
{{- end -}}
{{- $text := toYaml $config -}}
{{- /* A lone "=" or "<<" is no text in YAML 1.1, and toYaml does not quote it; JSON is YAML that quotes everything. */ -}}
{{- ternary (toPrettyJson $config) $text (regexMatch "(?m)(: |- )(=|<<)$" $text) -}}
{{- end -}}

{{/* Everything the ConfigMap holds; its digest is what replaces the pods. */}}
{{- define "scim-gateway.files" -}}
gateway.yaml: |
  {{- include "scim-gateway.config" . | nindent 2 }}
{{- range $name, $text := .Values.mappings }}
mapping_{{ $name }}: {{ $text | quote }}
{{- end }}
{{- end -}}

{{- define "scim-gateway.stateUrl" -}}
{{- $state := default "memory://" .Values.config.state -}}
{{- if kindIs "map" $state -}}{{ $state.url }}{{- else -}}{{ $state }}{{- end -}}
{{- end -}}

{{/* Every secret a part of the config refers to, one `env NAME` or `file PATH` a line. */}}
{{- define "scim-gateway.references" -}}
{{- if kindIs "slice" . -}}
  {{- range . }}{{ include "scim-gateway.references" . }}{{ end -}}
{{- else if kindIs "map" . -}}
  {{- range $key, $value := . -}}
    {{- if and (has $key (list "env" "file")) (kindIs "string" $value) -}}
      {{- printf "%s %s\n" $key $value -}}
    {{- else -}}
      {{- include "scim-gateway.references" $value -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- end -}}
