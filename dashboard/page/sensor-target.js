// What a limit or a silence is of: the sensor of the page, all sensors of its location, or a pattern.

import { $, setVisible } from "./dom.js";

/** Let a form offer the location if the sensor has one, and the pattern once it is selected. */
export function updateTarget(form, sensor) {
  const { of, pattern } = form.elements;
  const location = $("option[value=location]", of);
  location.disabled = !sensor?.location;
  if (location.disabled && of.value === "location") of.value = "sensor_id";
  setVisible(pattern.closest("label"), of.value === "pattern");
}

/** What was selected, as the API has it. */
export function targetOf(form, sensor) {
  const of = form.elements.of.value;
  return { [of]: of === "pattern" ? form.elements.pattern.value.trim() : sensor[of] };
}

/** Of which sensors a limit or a silence is. */
export function describeTarget({ location, pattern }) {
  if (location !== null) return `of all sensors of the location ${location}`;
  return pattern !== null ? `of all sensors whose ID matches ${pattern}` : "of this sensor";
}
