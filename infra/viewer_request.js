// A CloudFront function: which object a path of the consoles stands for. The same rules as local/front/consoles.py.
// ENTRIES and KEPT are filled in from consoles/delivery.json.
var ENTRIES = __ENTRIES__;
var KEPT = __KEPT__;

function handler(event) {
  var request = event.request;
  var uri = request.uri;
  if (uri === '/') {
    return { statusCode: 302, statusDescription: 'Found', headers: { location: { value: '/' + ENTRIES[0] + '/' } } };
  }
  for (var i = 0; i < KEPT.length; i++) {
    if (uri.indexOf(KEPT[i]) === 0) return request;
  }
  var entry = uri.split('/')[1];
  if (ENTRIES.indexOf(entry) >= 0) {
    request.uri = '/' + entry + '/index.html';
    return request;
  }
  return {
    statusCode: 404,
    statusDescription: 'Not Found',
    headers: { 'content-type': { value: 'application/problem+json' } },
    body: '{"type":"about:blank","title":"Not Found","status":404,"code":"not_found","detail":"There is nothing at this address."}',
  };
}
