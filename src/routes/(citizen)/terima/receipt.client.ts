/** Adds buttons that copy, print, share and save the receipt as a picture; the page also works without scripts. */
import { copyText } from '#lib/ui/content/copy-text.ts';
import { dropSentDraft } from '../form/draft.client.ts';

const element = (id: string) => document.getElementById(id);
const receipt = element('receipt')?.textContent.trim() ?? '';
const reference = element('reference')?.textContent.trim() ?? '';
const where = element('receipt-where');
const tools = element('receipt-tools');
const statusText = element('receipt-said');

// The address of a form ends with the name of its draft.
const form = document.referrer.split(/[?#]/)[0]?.split('/').pop() ?? '';
void dropSentDraft(form).catch(() => undefined);

if (tools && receipt) {
	tools.dataset.ready = '';
	const button = element('receipt-copy');
	const label = button?.textContent ?? '';
	button?.addEventListener('click', () => void copy(button, label));
	element('receipt-save')?.addEventListener('click', () => void savePicture());
	element('receipt-print')?.addEventListener('click', () => window.print());
	const share = element('receipt-share');
	if (share && !('share' in navigator)) share.hidden = true;
	share?.addEventListener('click', () => {
		const text = [where?.dataset.office, receipt, reference, where?.textContent.trim()].join('\n');
		// The person may close the phone's menu.
		navigator.share({ text }).catch(() => undefined);
	});
}

async function copy(button: HTMLElement, label: string): Promise<void> {
	const isCopied = await copyText(receipt, button);
	const { done = '', failed = '' } = button.dataset;
	if (statusText) {
		statusText.className = isCopied ? 'unseen' : 'error';
		statusText.textContent = isCopied ? done : failed;
	}
	const code = element('receipt');
	// The phone's own menu can copy the selected code.
	if (!isCopied) return void (code && getSelection()?.selectAllChildren(code));
	// The shorter word must not move the other buttons under the finger.
	button.style.minWidth = `${button.getBoundingClientRect().width}px`;
	button.textContent = done;
	setTimeout(() => (button.textContent = label), 2500);
}

async function savePicture(): Promise<void> {
	const canvas = document.createElement('canvas');
	const width = (canvas.width = 1080);
	const height = (canvas.height = 1320);
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
	line(where?.dataset.office ?? '', 80, '600 44px sans-serif');
	line(element('receipt-label')?.textContent.trim() ?? '', 160, '400 40px sans-serif');
	line(receipt, 250, '700 76px monospace');
	line(reference, 330, '400 40px sans-serif');
	const qr = element('receipt-qr');
	if (qr) pen.drawImage(await pictureOf(qr), 130, 370, 820, 820);
	line(where?.textContent.trim() ?? '', 1260, '400 34px sans-serif');
	canvas.toBlob((blob) => {
		if (!blob) return;
		const link = document.createElement('a');
		link.href = URL.createObjectURL(blob);
		link.download = `${reference || 'SPATULA'}.png`;
		// The address stays valid, because Safari first asks the person.
		link.click();
	}, 'image/png');
}

/** Converts the SVG of the QR code to an image that can be drawn on a canvas. */
function pictureOf(qr: HTMLElement): Promise<HTMLImageElement> {
	const copied = qr.cloneNode(true) as SVGElement;
	copied.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
	copied.setAttribute('width', '820');
	copied.setAttribute('height', '820');
	const image = new Image();
	image.src = `data:image/svg+xml,${encodeURIComponent(new XMLSerializer().serializeToString(copied))}`;
	return image.decode().then(() => image);
}
