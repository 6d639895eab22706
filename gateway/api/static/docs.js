// Puts the interactive reference in the place of the plain page, which stays
// for /docs?view=plain, without JavaScript, and if the reference fails.
"use strict";

(() => {
  const plain = document.getElementById("plain");
  const wanted = new URLSearchParams(location.search).get("view") !== "plain";
  if (!wanted || !window.Scalar) return;

  const reference = document.createElement("div");
  reference.id = "reference";
  document.body.append(reference);
  plain.hidden = true;
  try {
    window.Scalar.createApiReference(reference, {
      url: "/openapi.json",
      // Nothing is loaded from, or told to, anybody else.
      withDefaultFonts: false,
      telemetry: false,
      showDeveloperTools: "never",
      agent: { disabled: true },
      mcp: { disabled: true },
      hideClientButton: true,
      defaultOpenAllTags: true,
      defaultHttpClient: { targetKey: "shell", clientKey: "curl" },
    });
  } catch (error) {
    reference.remove();
    plain.hidden = false;
    throw error;
  }
})();
