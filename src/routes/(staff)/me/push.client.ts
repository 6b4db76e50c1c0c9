/** Shows the form that adds this device, and subscribes the browser before it is sent. */
import { canPush, subscribe } from '#lib/ui/push.ts';

const form = document.getElementById('push-add');
if (form instanceof HTMLFormElement && canPush()) {
	form.hidden = false;
	form.addEventListener('submit', (event) => {
		event.preventDefault();
		void add(form).catch(() => say(form, form.dataset.failed));
	});
}

async function add(form: HTMLFormElement): Promise<void> {
	const fields = await subscribe(form.dataset.key ?? '');
	if (!fields) return say(form, form.dataset.denied);
	for (const [name, value] of Object.entries(fields)) {
		const input = form.elements.namedItem(name);
		if (input instanceof HTMLInputElement) input.value = value;
	}
	form.submit();
}

function say(form: HTMLFormElement, words = ''): void {
	const said = form.querySelector('[role=status]');
	if (said) said.textContent = words;
}
