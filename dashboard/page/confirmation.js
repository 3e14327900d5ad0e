// The dialog that asks before something is done.

import { $, setText, setTextWithCode } from "./dom.js";

const dialog = $("#confirm");
const submit = $(".submit", dialog);

export function initialize() {
  $(".cancel", dialog).addEventListener("click", () => dialog.close("cancel"));
}

/** Ask. `run()` follows the consent; it returns why it failed, which the dialog says, or null. */
export function confirm({ title, explanation, verb, isDanger = false, run }) {
  setText($("h2", dialog), title);
  setTextWithCode($(".explanation", dialog), explanation);
  setText($(".error", dialog), "");
  setText(submit, verb);
  submit.classList.toggle("danger", isDanger);
  $("form", dialog).onsubmit = async (event) => {
    event.preventDefault();
    if (submit.disabled) return;
    submit.disabled = true;
    setText($(".error", dialog), "");
    const problem = await run();
    submit.disabled = false;
    if (problem === null) dialog.close("done");
    else setText($(".error", dialog), problem);
  };
  dialog.showModal();
}
