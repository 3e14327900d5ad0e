"""`make down` and `make up` with messages in the queue."""

from tests.e2e.compose import DEAD_QUEUE, ComposeStack, reading
from tests.waiting import eventually

SECONDS = 120


def test_down_and_up_lose_nothing(stack: ComposeStack) -> None:
    # given a dead letter, and readings without a consumer
    dead = stack.ready(DEAD_QUEUE) + 1
    stack.publish(b"{kept")
    eventually(lambda: stack.ready(DEAD_QUEUE) == dead, SECONDS, "the message is dead-lettered")
    stack.compose("stop", "pipeline-processor", "sensor-1", "sensor-2", "sensor-3")
    stack.publish(*(reading("overnight", number) for number in range(20)))
    before = stack.query("SELECT count(*) FROM reading")[0][0]
    # when
    stack.run("make", "down")
    assert stack.containers() == []
    stack.up()
    # then
    eventually(lambda: len(stack.stored("overnight")) == 20, SECONDS, "every reading is stored")
    assert stack.query("SELECT count(*) FROM reading")[0][0] >= before + 20
    # A broker reports an idle queue as empty for some seconds after its start.
    eventually(lambda: stack.ready(DEAD_QUEUE) == dead, SECONDS, "the dead letters are in the queue")
