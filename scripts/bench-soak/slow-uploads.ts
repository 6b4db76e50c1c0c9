import { connect } from 'node:net';

const UPLOADS = 24;
const ADDRESSES = 4;
/** Bytes per second of a slow upload, just above the pace at which the site closes a connection. */
const PACE = 5000;

/** Sends slow uploads of 50 MB, and starts each again when the site ends it. @returns a function that stops them */
export function slowUploads(origin: string, slug: string): () => void {
	const { host, hostname, port } = new URL(origin);
	const ends = Array.from({ length: UPLOADS }, (_, index) => {
		const begin = () => {
			const socket = connect(Number(port), hostname).on('error', () => {});
			socket.write(
				[
					`POST /${slug}/pengaduan HTTP/1.1`,
					`Host: ${host}`,
					`Origin: ${origin}`,
					`X-Forwarded-For: 192.0.2.${(index % ADDRESSES) + 1}`,
					'Content-Type: multipart/form-data; boundary=BB',
					'Content-Length: 50000000',
					'',
					'--BB\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n\r\n'
				].join('\r\n')
			);
			return socket;
		};
		let socket = begin();
		const pace = setInterval(() => {
			if (socket.destroyed) socket = begin();
			else socket.write(Buffer.alloc(PACE, 'x'));
		}, 1000);
		return () => {
			clearInterval(pace);
			socket.destroy();
		};
	});
	return () => {
		for (const end of ends) end();
	};
}
