// How the kinds of anomalies are called.

const TITLES = { "level-shift": "level shift" };

export const titleOfKind = (kind) => TITLES[kind] ?? kind;
