"""A value that its sender marks as bad, invalid, doubtful or missing is not stored as a good one."""

from typing import Any

import pytest

from readings.errors import InvalidReading
from readings.parsing import parse_reading
from tests.unit.bodies import CONTEXT, with_fields


@pytest.mark.parametrize(
    "field",
    [
        {"quality": "bad"},
        {"quality": "Uncertain"},
        {"quality": "BAD_SENSOR"},
        {"quality": False},
        {"qc_flag": "fail"},
        {"flag": "invalid"},
        {"flag": "M"},
        {"flag": True},
        {"validity": "suspect"},
        {"status": "error"},
        {"status": "sensor_error"},
        {"status": "No sensor"},
        {"status": "not ok"},
        {"status": "open circuit"},
        {"status": "out of range"},
        {"status": "Fühlerbruch"},
        {"sensor_status": "disconnected"},
        {"temperature_status": "invalid"},
        {"statusCode": "BadSensorFailure"},
        {"StatusCode": {"Code": 2156724224, "Symbol": "BadSensorFailure"}},
        {"StatusCode": 2156724224},
        {"availability": "offline"},
        {"health": "failed"},
        {"valid": False},
        {"is_valid": 0},
        {"isValid": "false"},
        {"temperature_valid": False},
        {"ok": False},
        {"sensor_ok": False},
        {"invalid": True},
        {"stale": 1},
        {"error": True},
        {"error": "CRC mismatch"},
        {"error": "sensor not found"},
        {"errors": ["sensor disconnected"]},
        {"error_code": 5},
        {"fault": True},
        {"meta": {"quality": "bad"}},
        {"status": {"temperature": "bad", "humidity": "ok"}},
        {"status": {"probe": "disconnected", "wifi": "ok"}},
        {"error": "keine Daten"},
        {"error": "нет связи"},
        {"error": "无信号"},
        {"status": "sin datos"},
        {"status": "brak czujnika"},
    ],
)
def test_a_value_that_its_sender_marks_as_bad_is_refused(field: dict[str, Any]) -> None:
    with pytest.raises(InvalidReading, match="marks its value as bad: send no temperature then"):
        parse_reading(with_fields(**field), CONTEXT)


@pytest.mark.parametrize(
    "field",
    [
        {"quantity": "humidity"},
        {"measurement": "pressure"},
        {"measurement": "dailyrain"},
        {"field": "eventrainin"},
        {"parameter": "windspeed"},
        {"type": "setpoint"},
        {"kind": "target"},
        {"parameter": "forecast"},
        {"statistic": "max"},
        {"aggregation": "min"},
        {"delta": True},
        {"simulated": True},
    ],
)
def test_a_number_that_is_no_measured_temperature_is_refused(field: dict[str, Any]) -> None:
    with pytest.raises(InvalidReading, match="which is no measured temperature: send only those"):
        parse_reading(with_fields(**field), CONTEXT)


@pytest.mark.parametrize(
    "field",
    [
        {"measurement": "temperature"},
        {"quantity": "air temperature"},
        {"type": "temperature"},
        {"type": "power_plug"},
        {"statistic": "mean"},
        {"field": "north"},
        {"field": "drain"},
        {"measurement": "motor_winding"},
        {"measurement": "powertrain"},
        {"property": "Lighthouse"},
        {"delta": False},
        {"quality": "good"},
        {"quality": 98},
        {"quality": 192},
        {"quality": True},
        {"flag": False},
        {"flag": 0},
        {"status": "ok"},
        {"status": "online"},
        {"status": "no error"},
        {"status": "Good, Raw"},
        {"status": "failover"},
        {"status": "heating"},
        {"status": 200},
        {"state": "on"},
        {"StatusCode": {"Code": 0, "Symbol": "Good"}},
        {"battery_status": "bad"},
        {"battery": {"status": "low"}},
        {"status": {"battery": "bad", "wifi": "error"}},
        {"status": {"temperature": "ok", "humidity": "error"}},
        {"wifi": {"status": "disconnected"}},
        {"gps": {"valid": False}},
        {"humidity_valid": False},
        {"air_quality": "bad"},
        {"fw_status": "error"},
        {"update_available": False},
        {"valid": True},
        {"invalid": False},
        {"error": None},
        {"error": ""},
        {"error": "none"},
        {"error": "no error"},
        {"error": 0.3},
        {"errors": []},
        {"errors": 12},
        {"error_count": 12},
        {"error": "± 0.5"},
        {"error": "5 %"},
        {"error_code": "0x00"},
        {"fault_code": "0000"},
        {"fault": "No fault"},
        {"error_status": "normal"},
        {"simulated": False},
        {"error_code": 0},
        {"last_error": "CRC mismatch"},
        {"status": "aucune erreur"},
        {"status": "sem erro"},
        {"status": "no sensor error"},
        {"status": "no signal loss"},
        {"error": "ninguno"},
        {"error": "brak błędów"},
        {"error": "нет ошибок"},
        {"error": "无错误"},
        {"error": "異常なし"},
        {"error": "Success"},
        {"error": "[]"},
        {"error_code": "E00"},
    ],
)
def test_harmless_fields_about_a_device_are_ignored(field: dict[str, Any]) -> None:
    assert parse_reading(with_fields(**field), CONTEXT).temperature == 21.5
