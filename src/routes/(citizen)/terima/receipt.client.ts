/** Copies, prints and saves the receipt as a picture; the page also works without. */
import { dropDrafts } from '../draft.client.ts';

const part = (id: string) => document.getElementById(id);
const receipt = part('receipt')?.textContent.trim() ?? '';
const reference = part('reference')?.textContent.trim() ?? '';
const tools = part('receipt-tools');
const said = part('receipt-said');

dropDrafts();

if (tools && receipt) {
	tools.hidden = false;
	part('receipt-copy')?.addEventListener('click', (event) => void copy(event.currentTarget as HTMLElement));
	part('receipt-save')?.addEventListener('click', () => void savePicture());
	part('receipt-print')?.addEventListener('click', () => window.print());
}

async function copy(button: HTMLElement): Promise<void> {
	try {
		await navigator.clipboard.writeText(receipt);
	} catch {
		// Without TLS there is no clipboard: the code is selected, ready for the phone's own menu.
		const code = part('receipt');
		if (code) getSelection()?.selectAllChildren(code);
		return;
	}
	const done = button.dataset.done ?? '';
	const before = button.textContent;
	button.textContent = done;
	if (said) said.textContent = done;
	setTimeout(() => (button.textContent = before), 2500);
}

async function savePicture(): Promise<void> {
	const canvas = document.createElement('canvas');
	const width = (canvas.width = 1080);
	const height = (canvas.height = 1240);
	const pen = canvas.getContext('2d');
	if (!pen) return;
	pen.fillStyle = '#fff';
	pen.fillRect(0, 0, width, height);
	pen.fillStyle = '#000';
	pen.textAlign = 'center';
	const line = (text: string, y: number, font: string) => {
		pen.font = font;
		pen.fillText(text, width / 2, y, width - 80);
	};
	line(part('receipt-label')?.textContent.trim() ?? '', 90, '600 44px sans-serif');
	line(receipt, 180, '700 76px monospace');
	line(reference, 260, '400 40px sans-serif');
	const qr = part('receipt-qr');
	if (qr) pen.drawImage(await pictureOf(qr), 130, 320, 820, 820);
	canvas.toBlob((blob) => {
		if (!blob) return;
		const link = document.createElement('a');
		link.href = URL.createObjectURL(blob);
		link.download = `${reference || 'SPATULA'}.png`;
		link.click();
		setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
	}, 'image/png');
}

/** The drawing as a picture of its own. */
function pictureOf(qr: HTMLElement): Promise<HTMLImageElement> {
	const copied = qr.cloneNode(true) as SVGElement;
	copied.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
	copied.setAttribute('width', '820');
	copied.setAttribute('height', '820');
	const image = new Image();
	image.src = `data:image/svg+xml,${encodeURIComponent(new XMLSerializer().serializeToString(copied))}`;
	return image.decode().then(() => image);
}
