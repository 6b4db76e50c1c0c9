/** Shows and serves the buttons to copy and to print a secret on a page that has no other scripts. */
import { copyText } from './copy-text.ts';

const button = document.querySelector<HTMLButtonElement>('button[data-copies]');
const secret = document.getElementById(button?.dataset.copies ?? '');
const label = button?.querySelector('span');
const before = label?.textContent ?? '';

if (button && label && secret) {
	button.hidden = false;
	button.addEventListener('click', () => void copy(secret, button, label));
}

async function copy(secret: HTMLElement, button: HTMLElement, label: HTMLElement): Promise<void> {
	const { copied = '', failed = '' } = button.dataset;
	if (await copyText(secret.textContent, button)) {
		label.textContent = copied;
		setTimeout(() => (label.textContent = before), 2000);
	} else {
		label.textContent = failed;
		// Selected, the text can be copied with the phone's own menu.
		getSelection()?.selectAllChildren(secret);
	}
}

// The browser's menu prints without scripts.
for (const print of document.querySelectorAll<HTMLButtonElement>('button[data-prints]')) {
	print.hidden = false;
	print.addEventListener('click', () => window.print());
}
