import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { SANDBOX_DEFAULTS } from '#lib/dev/lapor-sandbox/options.ts';
import { EMAILS_FILE, startMailCatcher } from '#lib/dev/mail-catcher.ts';
import { startSandbox } from '#lib/dev/lapor-sandbox/server.ts';
import { secretOfFile } from '#lib/server/env.ts';
import { startWhatsAppSandbox, toSite } from '#lib/dev/whatsapp-sandbox/server.ts';

// The sandbox needs none of the site's settings. It reads its few own ones here and starts without an APP_KEY.
const setting = (name: string): string | undefined => process.env[name] || undefined;
const secret = (name: string): string | undefined => secretOfFile(name, process.env)?.[1] ?? setting(name);

const authHeader = setting('LAPOR_AUTH_HEADER') === 'auth' ? 'auth' : SANDBOX_DEFAULTS.authHeader;
const folder = resolve(setting('DATA_DIR') ?? './data');
const file = join(folder, 'lapor-sandbox.json');
/** If set, a mail server listens on this port and stores every e-mail. The page /e-mail shows them. */
const mailPort = setting('MAIL_CATCHER_PORT');
/** If both are set, a stand-in for WhatsApp listens on the port, and delivers the messages of its phones to the site. */
const phonePort = setting('WHATSAPP_SANDBOX_PORT');
const siteUrl = setting('SITE_URL');

try {
	parseArgs({ options: {} });
	const [ownBearer, ownToken] = [secret('LAPOR_BEARER'), secret('LAPOR_TOKEN')];
	const bearer = ownBearer ?? SANDBOX_DEFAULTS.bearer;
	const token = ownToken ?? SANDBOX_DEFAULTS.token;
	const catcher = mailPort
		? await startMailCatcher({ port: Number(mailPort), file: join(folder, EMAILS_FILE) })
		: undefined;
	const phones =
		phonePort && siteUrl
			? await startWhatsAppSandbox({ port: Number(phonePort), deliver: toSite(siteUrl) })
			: undefined;
	const sandbox = await startSandbox({
		port: Number(setting('LAPOR_SANDBOX_PORT') ?? SANDBOX_DEFAULTS.port),
		file,
		authHeader,
		bearer,
		token,
		emails: catcher?.emails,
		onError: (error) => console.error(error)
	});
	console.log(`LAPOR sandbox   ${sandbox.url}
state           ${file}
LAPOR_MODE=api LAPOR_BASE_URL=${sandbox.apiUrl} LAPOR_AUTH_HEADER=${authHeader} LAPOR_LOOKUP=on`);
	// Configured secrets are not printed. The sandbox's default ones are public.
	if (!ownBearer) console.log(`LAPOR_BEARER='${bearer}'`);
	if (!ownToken) console.log(`LAPOR_TOKEN=${token}`);
	if (catcher)
		console.log(`e-mails         ${sandbox.url}/e-mail\nSMTP_URL=${catcher.url} MAIL_FROM=spatula@contoh.invalid`);
	if (phones) console.log(`phones          ${phones.url}`);
	// A message to a site that has ended is tried again for a while, and is not waited for.
	const stop = () => void Promise.all([sandbox.close(), catcher?.close(), phones?.close()]).then(() => process.exit());
	process.once('SIGINT', stop);
	process.once('SIGTERM', stop);
} catch (error) {
	console.error(`The LAPOR sandbox can't start: ${error instanceof Error ? error.message : String(error)}`);
	// Servers that have started already would keep the process alive.
	process.exit(1);
}
