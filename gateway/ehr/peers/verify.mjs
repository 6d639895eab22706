// Reads deliveries as a JSON array of {secret, headers, body} from standard
// input and prints, as a JSON array, the type of each verified event (the id of
// what has no type), or "refused".
import { readFileSync } from "node:fs";
import { Webhook } from "standardwebhooks";

function judge({ secret, headers, body }) {
  try {
    const told = new Webhook(secret).verify(body, headers);
    return told.type ?? told.id;
  } catch {
    return "refused";
  }
}

const deliveries = JSON.parse(readFileSync(0, "utf8"));
console.log(JSON.stringify(deliveries.map(judge)));
