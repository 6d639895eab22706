// Reads deliveries as a JSON array of {secret, headers, body} from standard
// input and prints, as a JSON array, the type of each verified event, or
// "refused".
import { readFileSync } from "node:fs";
import { Webhook } from "standardwebhooks";

function judge({ secret, headers, body }) {
  try {
    return new Webhook(secret).verify(body, headers).type;
  } catch {
    return "refused";
  }
}

const deliveries = JSON.parse(readFileSync(0, "utf8"));
console.log(JSON.stringify(deliveries.map(judge)));
