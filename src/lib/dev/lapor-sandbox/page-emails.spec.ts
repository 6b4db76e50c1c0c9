import { expect, it } from 'vitest';
import { sandboxClient } from './sandbox-client.ts';
import type { ShownEmail } from './options.ts';

const email = (changes: Partial<ShownEmail> = {}): ShownEmail => ({
	at: '2026-12-04T00:01:00.000Z',
	from: 'spatula@contoh.invalid',
	to: 'penyelia.mamuju@contoh.invalid',
	subject: '1 penerusan menunggu tindakan',
	text: 'Buka https://spatula.contoh.go.id/desk/escalations?state=unknown&x=1\n<script>alert(1)</script>',
	messageId: '<1@contoh.invalid>',
	...changes
});

it('shows the caught e-mails, newest first, with escaped text and links', async () => {
	const emails = [
		email({ subject: 'Yang pertama' }),
		email({ subject: 'Yang <kedua>', messageId: '<2@contoh.invalid>' })
	];
	const { sandbox } = await sandboxClient({ emails: () => emails });
	const page = async (path: string) => (await fetch(sandbox.url + path)).text();
	const list = await page('/e-mail');
	expect(list).toContain('E-mail yang dikirim SPATULA (2)');
	expect(list.indexOf('Yang &lt;kedua&gt;')).toBeLessThan(list.indexOf('Yang pertama'));
	const address = /href="(\/e-mail\/[^"]+)">Yang &lt;kedua/.exec(list)?.[1] ?? '';
	// The catcher keeps a limited number of e-mails, so a new one may have removed the first.
	emails.shift();
	const one = await page(address);
	expect(one).toContain('<a href="https://spatula.contoh.go.id/desk/escalations?state=unknown&amp;x=1"');
	expect(one).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
	expect((await fetch(`${sandbox.url}/e-mail/1`)).status).toBe(404);
});

it('shows that no mail catcher is running', async () => {
	const { sandbox } = await sandboxClient();
	expect(await (await fetch(`${sandbox.url}/e-mail`)).text()).toContain('Penampung e-mail tidak dijalankan di sini.');
});
