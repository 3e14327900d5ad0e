"""`make down` and `make up` again, with work left in the queue."""

from tests.e2e.compose import DEAD_QUEUE, ComposeStack, reading
from tests.waiting import eventually

SECONDS = 120


def test_down_and_up_lose_nothing(stack: ComposeStack) -> None:
    # given a dead letter, and readings that nobody takes
    stack.publish(b"{kept")
    eventually(lambda: stack.ready(DEAD_QUEUE), SECONDS, "it is not dead")
    dead = stack.ready(DEAD_QUEUE)
    stack.compose("stop", "pipeline-processor", "sensor-1", "sensor-2", "sensor-3")
    stack.publish(*(reading("overnight", number) for number in range(20)))
    before = stack.query("SELECT count(*) FROM reading")[0][0]
    # when
    stack.run("make", "down")
    assert stack.containers() == []
    stack.up()
    # then
    eventually(lambda: len(stack.stored("overnight")) == 20, SECONDS, "readings are lost")
    assert stack.query("SELECT count(*) FROM reading")[0][0] >= before + 20
    # A broker that was just started counts an idle queue as empty for some seconds.
    eventually(lambda: stack.ready(DEAD_QUEUE) == dead, SECONDS, "dead letters are lost")
