"""What the dashboard reads of sensors, with few connections of its role."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

from db.sensors import SensorRegistry
from db.settings import DatabaseSettings
from runtime.settings import load
from tests.database import Database
from tests.proxy import Proxy


def test_any_number_of_clients_read_sensors_over_one_connection(
    database: Database, database_proxy: Proxy
) -> None:
    database.query("INSERT INTO sensor (sensor_id) VALUES ('fridge')")
    registry = SensorRegistry(load(DatabaseSettings, database_url=database.url_through(database_proxy)))
    with closing(registry), ThreadPoolExecutor() as clients:
        found = list(clients.map(registry.read, ["fridge"] * 10))
        everything = registry.read_all()
    assert [sensor.sensor_id for sensor, _ in filter(None, found)] == ["fridge"] * 10
    assert [sensor.sensor_id for sensor in everything] == ["fridge"]
    assert database_proxy.accepted == 1
