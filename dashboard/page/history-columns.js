// The columns of a chart from the points of several sensors, `[epoch seconds, min, mean, max, readings]`.

const MAX_GAP_BUCKETS = 1.5;
const MAX_GAP_INTERVALS = 2.5; // of the usual interval, as for a sensor that is offline

/** Columns of times, and of each sensor's min, mean and max. Null is a gap; undefined is where only others have a point. */
export function toColumns(sensors, bucketSeconds) {
  const gaps = sensors.map((points) => gapsOf(points, bucketSeconds));
  const times = [...new Set([...sensors.flatMap((points) => points.map(([at]) => at)), ...gaps.flat().map(([at]) => at)])];
  times.sort((a, b) => a - b);
  const columns = sensors.flatMap((points, i) => {
    const byStart = new Map(points.map((point) => [point[0], point]));
    let next = 0; // the gap that is not over yet
    const found = times.map((at) => {
      while (next < gaps[i].length && gaps[i][next][1] <= at) next += 1;
      return byStart.get(at) ?? (next < gaps[i].length && at >= gaps[i][next][0] ? null : undefined);
    });
    return [1, 2, 3].map((k) => found.map((point) => point && point[k]));
  });
  return [times, ...columns];
}

/** The gaps between the points of a sensor: from just after one point to the next one. */
function gapsOf(points, bucketSeconds) {
  const longest = longestStep(points, bucketSeconds);
  return points.slice(1).flatMap(([at], i) => {
    const last = points[i][0];
    return at - last > longest ? [[last + bucketSeconds / 2, at]] : [];
  });
}

/** The longest step between two points that are connected. */
function longestStep(points, bucketSeconds) {
  const steps = points.slice(1).map(([at], i) => at - points[i][0]).sort((a, b) => a - b);
  const usual = steps[Math.floor(steps.length / 2)] ?? 0;
  return Math.max(MAX_GAP_BUCKETS * bucketSeconds, MAX_GAP_INTERVALS * usual);
}
