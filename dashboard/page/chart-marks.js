// Draws ranges of time behind the values of a chart.

const FLAG_PIXELS = 5; // half the width of a flag

/**
 * Draw marks behind the values: each a range of time in a color, with a label, or with a flag at its start that shows it
 * however short it is.
 */
export function drawMarks(plot, marks, color) {
  const { left, top, width, height } = plot.bbox;
  const clamp = (x) => Math.min(Math.max(x, left), left + width);
  for (const mark of marks) {
    const start = clamp(plot.valToPos(mark.from, "x", true));
    const end = mark.to === null ? left + width : clamp(plot.valToPos(mark.to, "x", true));
    plot.ctx.fillStyle = color(mark.color);
    plot.ctx.fillRect(start, top, Math.max(end - start, 1), height);
    if (mark.label) drawLabel(plot, mark.label, start, color("muted"));
    if (mark.flag) drawFlag(plot, start, color(mark.flag));
  }
}

function drawLabel({ ctx, bbox }, text, x, fillStyle) {
  ctx.save();
  Object.assign(ctx, { fillStyle, textAlign: "left", textBaseline: "top", font: `${11 * devicePixelRatio}px system-ui, sans-serif` });
  ctx.fillText(text, x + 6 * devicePixelRatio, bbox.top + 4 * devicePixelRatio);
  ctx.restore();
}

/** A triangle that points down to the start, and a line below it. */
function drawFlag({ ctx, bbox }, x, fillStyle) {
  const size = FLAG_PIXELS * devicePixelRatio;
  ctx.fillStyle = fillStyle;
  ctx.fillRect(x - devicePixelRatio / 2, bbox.top, devicePixelRatio, bbox.height);
  ctx.beginPath();
  ctx.moveTo(x - size, bbox.top);
  ctx.lineTo(x + size, bbox.top);
  ctx.lineTo(x, bbox.top + 1.6 * size);
  ctx.fill();
}
