// Reads events as a JSON array of strings from standard input, as bodies of
// structured mode, and prints, as a JSON array, what the CloudEvents SDK makes
// of each: its attributes, or "refused".
import { readFileSync } from "node:fs";
import { HTTP } from "cloudevents";

function judge(body) {
  try {
    const e = HTTP.toEvent({ headers: { "content-type": "application/cloudevents+json" }, body });
    e.validate();
    const { specversion, id, source, type, subject, datacontenttype, dataschema, sequence, data } = e;
    return { specversion, id, source, type, subject, datacontenttype, dataschema, sequence, candidate: data.candidate_id };
  } catch {
    return "refused";
  }
}

console.log(JSON.stringify(JSON.parse(readFileSync(0, "utf8")).map(judge)));
