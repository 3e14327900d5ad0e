"""Settings of traces: variables of https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables."""

from typing import Literal, NamedTuple, Self
from urllib.parse import unquote

from pydantic import Field, SecretStr, field_validator, model_validator

from runtime.addresses import HttpUrl
from runtime.settings import ReadableFile, Settings

# As Jaeger samples without a configuration: https://www.jaegertracing.io/docs/latest/architecture/sampling/
DEFAULT_RATIO = 0.001
SIGNAL_PATH = "/v1/traces"
SamplerName = Literal[
    "always_on",
    "always_off",
    "traceidratio",
    "parentbased_always_on",
    "parentbased_always_off",
    "parentbased_traceidratio",
]


class Sampling(NamedTuple):
    """Which traces are recorded: a share of those that start here, and of others as their start decided."""

    ratio: float
    parent_based: bool


class TracingSettings(Settings):
    """Where the spans of this process are exported to, and how many. Without an endpoint there are none."""

    otel_exporter_otlp_endpoint: HttpUrl | None = Field(
        default=None,
        description=(
            "Address of an OpenTelemetry collector that accepts OTLP over HTTP, such as "
            "`http://collector:4318`; unset: no traces"
        ),
    )
    otel_exporter_otlp_traces_endpoint: HttpUrl | None = Field(
        default=None,
        description=f"The complete address for traces, instead of `{SIGNAL_PATH}` at the collector",
    )
    otel_exporter_otlp_headers: SecretStr = Field(
        default=SecretStr(""),
        description="Headers of each export, such as `authorization=Bearer%20TOKEN`, separated by commas",
    )
    otel_exporter_otlp_protocol: Literal["http/protobuf"] = Field(
        default="http/protobuf", description="The protocol of the export, of which one is available"
    )
    otel_exporter_otlp_compression: Literal["none", "gzip", "deflate"] = Field(
        default="none", description="Compression of each export"
    )
    otel_exporter_otlp_timeout: int = Field(
        default=10_000,
        ge=100,
        le=60_000,
        description="Milliseconds after which an export is given up, with its repetitions",
    )
    otel_exporter_otlp_certificate: ReadableFile | None = Field(
        default=None,
        description="PEM file of the authority that signed the collector's certificate; unset: those known",
    )
    otel_exporter_otlp_client_certificate: ReadableFile | None = Field(
        default=None, description="PEM file of this client's certificate"
    )
    otel_exporter_otlp_client_key: ReadableFile | None = Field(
        default=None, description="PEM file of this client's private key"
    )
    otel_traces_exporter: Literal["otlp", "none"] = Field(
        default="otlp", description="`none` turns traces off, whatever the endpoint is"
    )
    otel_sdk_disabled: bool = Field(default=False, description="`true` turns traces off, too")
    otel_traces_sampler: SamplerName | None = Field(
        default=None,
        description=(
            "Which traces are recorded; unset: `parentbased_traceidratio` with the ratio "
            f"{DEFAULT_RATIO:g}, one reading of a thousand"
        ),
    )
    otel_traces_sampler_arg: float | None = Field(
        default=None, ge=0, le=1, description="The share of the traces that is recorded, from 0 to 1"
    )
    otel_bsp_schedule_delay: int = Field(
        default=5_000, ge=10, le=60_000, description="Milliseconds between two exports"
    )
    otel_bsp_max_queue_size: int = Field(
        default=2_048,
        ge=1,
        le=100_000,
        description="Spans that may wait for the export; more are dropped, and counted",
    )
    otel_bsp_max_export_batch_size: int = Field(
        default=512, ge=1, le=100_000, description="Spans that one export sends at most"
    )
    otel_service_name: str | None = Field(
        default=None, description="The `service.name` of the spans; unset: the service, such as `pipeline`"
    )
    otel_resource_attributes: str = Field(
        default="",
        description=(
            "Attributes of all spans, such as `deployment.environment.name=test`, separated by commas"
        ),
    )

    @field_validator("otel_resource_attributes")
    @classmethod
    def _are_pairs(cls, text: str) -> str:
        parse_pairs(text)
        return text

    @field_validator("otel_exporter_otlp_headers")
    @classmethod
    def _are_header_pairs(cls, text: SecretStr) -> SecretStr:
        parse_pairs(text.get_secret_value())
        return text

    @model_validator(mode="after")
    def _has_a_ratio(self) -> Self:
        name = self.otel_traces_sampler
        if name and name.endswith("traceidratio") and self.otel_traces_sampler_arg is None:
            raise ValueError(
                f"OTEL_TRACES_SAMPLER is {name}, which requires a share: set OTEL_TRACES_SAMPLER_ARG, such "
                f"as {DEFAULT_RATIO:g}"
            )
        return self

    @model_validator(mode="after")
    def _batch_fits_the_queue(self) -> Self:
        size, limit = self.otel_bsp_max_export_batch_size, self.otel_bsp_max_queue_size
        if size > limit:
            raise ValueError(
                f"OTEL_BSP_MAX_EXPORT_BATCH_SIZE ({size}) is above OTEL_BSP_MAX_QUEUE_SIZE ({limit}), so no "
                "batch could be full"
            )
        return self

    @property
    def traces_are_on(self) -> bool:
        """Whether spans are recorded and exported."""
        is_off = self.otel_sdk_disabled or self.otel_traces_exporter == "none"
        return self.traces_endpoint is not None and not is_off

    @property
    def traces_endpoint(self) -> str | None:
        """The complete address to which spans are posted; None without one."""
        if self.otel_exporter_otlp_traces_endpoint or self.otel_exporter_otlp_endpoint is None:
            return self.otel_exporter_otlp_traces_endpoint
        return self.otel_exporter_otlp_endpoint.rstrip("/") + SIGNAL_PATH

    @property
    def export_headers(self) -> dict[str, str]:
        """The headers of each export."""
        return parse_pairs(self.otel_exporter_otlp_headers.get_secret_value())

    @property
    def resource_attributes(self) -> dict[str, str]:
        """The attributes of all spans, with the name of the service if it is set."""
        named = {"service.name": self.otel_service_name} if self.otel_service_name else {}
        return parse_pairs(self.otel_resource_attributes) | named

    @property
    def sampling(self) -> Sampling:
        """Which traces are recorded."""
        name = self.otel_traces_sampler or "parentbased_traceidratio"
        ratio = self.otel_traces_sampler_arg
        if not name.endswith("traceidratio"):
            ratio = 0.0 if name.endswith("off") else 1.0
        return Sampling(DEFAULT_RATIO if ratio is None else ratio, name.startswith("parentbased_"))


def parse_pairs(text: str) -> dict[str, str]:
    """Return the values by name of `name=value,name=value`; values are percent-encoded, as in baggage.

    Raises:
        ValueError: When a part is no pair.
    """
    pairs = [part.partition("=") for part in text.split(",") if part.strip()]
    if any(not (name.strip() and separator) for name, separator, _ in pairs):
        raise ValueError("must be pairs such as name=value, separated by commas")
    return {name.strip(): unquote(value.strip()) for name, _, value in pairs}
