/** Shows the switch for push messages about the open report, in browsers that can show them. */
import { canPush, subscribe, subscription } from '#lib/ui/push.ts';

const section = document.getElementById('push');
const button = document.getElementById('push-switch');
const said = document.getElementById('push-said');

if (section && button && said && canPush()) void start(section, button, said);

async function start(section: HTMLElement, button: HTMLElement, said: HTMLElement): Promise<void> {
	const words = section.dataset;
	const here = await subscription();
	let on = here !== undefined && (await send('ask', { endpoint: here.endpoint }).catch(() => false));
	const show = () => (button.textContent = (on ? words.off : words.on) ?? '');
	const turn = async () => {
		const fields = on ? { endpoint: (await subscription())?.endpoint ?? '' } : await subscribe(words.key ?? '');
		if (!fields) return words.denied;
		on = await send(on ? 'off' : 'on', fields);
		return on ? words.saidOn : words.saidOff;
	};
	button.addEventListener('click', () => {
		void turn()
			.catch(() => words.failed)
			.then((result) => {
				said.textContent = result ?? '';
				show();
			});
	});
	show();
	section.hidden = false;
}

/** @returns whether push messages are on now */
async function send(wish: 'on' | 'off' | 'ask', fields: Record<string, string>): Promise<boolean> {
	const body = new URLSearchParams({ wish, ...fields });
	const response = await fetch('/lacak/laporan/kabar', { method: 'POST', body });
	if (!response.ok) throw new Error(String(response.status));
	return ((await response.json()) as { on: boolean }).on;
}
