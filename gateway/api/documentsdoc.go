package api

import (
	"net/http"

	"github.com/danielgtaylor/huma/v2"
)

// pushedDocument names the request by which the EHR is given a file.
const pushedDocument = "document"

const aboutDocuments = `What candidates sent, byte for byte, with its hash and what is known of viruses. The EHR fetches files by links, or is given them.

**Given.** If the gateway's configuration names ` + "`ehr.documents`" + `, every file is put there as soon as it is kept: ` + "`PUT {url}/{document id}`" + `, the file as the body. The receiver should

- **verify** with any Standard Webhooks library and the secret of ` + "`ehr.documents`" + `. The header ` + "`jiebao-document`" + ` stands where the body of a webhook would: ` + "`webhook-signature`" + ` is ` + "`v1,`" + ` and the base64 of the HMAC-SHA256 of ` + "`{webhook-id}.{webhook-timestamp}.{jiebao-document}`" + `;
- **compare** the SHA-256 and the size of the body with ` + "`sha256`" + ` and ` + "`size`" + ` of ` + "`jiebao-document`" + `, and refuse (400) what differs;
- **answer 2xx** when the file is stored. The same id always stands for the same bytes, so that a file that comes again, because an answer was lost, is stored once.

Anything else is tried again, with growing waits. A file that is refused for three days (` + "`ehr.retry.give_up`" + `) while others are taken is given up: the list of documents says so, an alarm lasts until none is left, and ` + "`POST /v1/documents/{id}/push`" + ` tries it again, or ` + "`POST /v1/documents/push`" + ` all. While none is taken, of five files or for 15 minutes, an alarm is raised, and all wait until the receiver is back. Files may overtake each other and the events about them.`

// documentWebhook documents what the EHR's own storage is asked.
func documentWebhook() *huma.PathItem {
	const id = "cnv_8sKq2VnT4x-d1"
	said := func(name, doc string, required bool, example any) *huma.Param {
		return &huma.Param{Name: name, In: "header", Required: required, Description: doc, Example: example, Schema: &huma.Schema{Type: huma.TypeString}}
	}
	return &huma.PathItem{Put: &huma.Operation{
		OperationID: "receive-document", Tags: []string{tagDocuments}, Security: open(),
		Summary: "A document is put into the EHR's own storage", Description: "At `{url}/{document id}`, where `url` is `ehr.documents.url`.",
		Parameters: []*huma.Param{
			said("jiebao-document", "What the file is, as JSON in ASCII: `id`, `candidate_id`, `result_id`, `item` of the checklist if it is filed under one, `mime` as sniffed, `size` in bytes, `sha256` in hexadecimal digits, `scan` (clean or not_scanned).", true,
				`{"id":"`+id+`","candidate_id":"C-2026-000815","result_id":"R-2026-000815","item":"id_card","mime":"image/jpeg","size":184320,"sha256":"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08","scan":"clean"}`),
			said("webhook-id", "The document's id: the same for every attempt.", true, id),
			said("webhook-timestamp", "When this attempt was made, in seconds since 1970.", true, "1782094869"),
			said("webhook-signature", "v1, and the base64 of HMAC-SHA256 over {webhook-id}.{webhook-timestamp}.{jiebao-document}.", true, "v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4="),
			said("repr-digest", "The file's SHA-256 (RFC 9530).", true, "sha-256=:n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg=:"),
			said("jiebao-candidate", "The EHR's id of the candidate, percent-encoded; as in jiebao-document, for who routes by headers.", true, "C-2026-000815"),
			said("jiebao-item", "The item of the checklist, percent-encoded.", false, "id_card"),
			said("jiebao-scan", "What is known of viruses: clean or not_scanned.", true, "clean"),
		},
		RequestBody: &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{
			"application/octet-stream": {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary", Description: "The file, as the candidate sent it. Content-Type is its mime."}},
		}},
		Responses: map[string]*huma.Response{
			"2XX":     {Description: "The file is stored."},
			"default": {Description: "It is not; it is tried again."},
		},
	}}
}

// documentMeanings are what answers of the operations about documents mean.
func documentMeanings() map[int]string {
	return map[int]string{
		http.StatusAccepted: "It is under way.",
		http.StatusConflict: "The EHR has no storage of its own here.",
	}
}
