/** The source of an e-mail with CRLF line ends. A header that is null is left out. */
export function mailSource(headers: Readonly<Record<string, string | readonly string[] | null>>, body: string): string {
	const all: typeof headers = {
		From: 'Sari Contoh <sari@warga.example>',
		To: 'pengaduan@kantor.example',
		Subject: 'Antrean di loket',
		Date: 'Tue, 02 Mar 2027 10:00:00 +0800',
		'Message-ID': `<${crypto.randomUUID()}@warga.example>`,
		...headers
	};
	const lines = Object.entries(all).flatMap(([name, value]) =>
		value === null ? [] : [value].flat().map((one) => `${name}: ${one}`)
	);
	return [...lines, '', ...body.split(/\r?\n/)].join('\r\n');
}

/** A part of a MIME message with its headers. */
export const part = (type: string, body: string, ...more: readonly string[]): string =>
	[`Content-Type: ${type}`, ...more, '', body].join('\r\n');

/** A multipart body and its content type. */
export function multipart(kind: string, parts: readonly string[], boundary = 'batas') {
	const body = [...parts.map((one) => `--${boundary}\r\n${one}`), `--${boundary}--`, ''].join('\r\n');
	return { type: `multipart/${kind}; boundary=${boundary}`, body };
}
