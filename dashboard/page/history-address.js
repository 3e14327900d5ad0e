// The range and the time zone of a history in the parameters of an address.

const MAX_SECONDS = 8.64e12; // beyond it there are no dates

/** A time in an address is in seconds since 1970 or in ISO 8601. */
export function rangeOf(parameters) {
  const time = (name) => {
    const text = parameters.get(name) ?? "";
    const seconds = /^-?\d+$/.test(text) ? Number(text) : Date.parse(text) / 1000;
    return Math.abs(seconds) <= MAX_SECONDS ? seconds : undefined;
  };
  const zone = parameters.get("zone") === "installation" ? "installation" : "viewer";
  return { from: time("from"), to: time("to"), zone };
}

/** The parameters of a view, as pairs. */
export function rangeParameters({ from, to, zone }) {
  const iso = (seconds) => new Date(seconds * 1000).toISOString().replace(".000Z", "Z");
  return [["from", iso(from)], ["to", iso(to)], ...(zone === "installation" ? [["zone", zone]] : [])];
}

/** Why a range was refused, with the parameter. */
export const refusalOf = ({ field, detail }) => [field, detail].filter(Boolean).join(" ");
