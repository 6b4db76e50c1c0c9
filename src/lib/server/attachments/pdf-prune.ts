import { PDFArray, PDFDict, PDFHexString, PDFName, PDFRef, PDFStream, PDFString } from 'pdf-lib';
import type { PDFContext, PDFObject } from 'pdf-lib';

/** What a catalog may keep: the pages, the ways through them, forms, layers and help for screen readers. */
const CATALOG = names(
	'Type Version Pages PageLabels Names Dests ViewerPreferences PageLayout Outlines AcroForm Lang MarkInfo',
	'StructTreeRoot OCProperties'
);
const NAME_TREES = names('Dests');
/** Metadata, private data of the program that wrote the file, automatic actions, attached files, map positions. */
const NOWHERE = names(
	'Metadata PieceInfo LastModified AA AF EF JS XFA RichMediaContent RichMediaSettings OPI Alternates',
	'Measure LGIDict VP Thumb'
);
const ACTIONS = names(
	'JavaScript Launch SubmitForm ImportData ResetForm GoToE GoToR GoTo3DView Rendition Movie Sound RichMediaExecute'
);
const ANNOTATIONS = names('FileAttachment RichMedia Screen Movie Sound 3D');
/** Author and dates of a remark on a page. */
const REMARK = names('T M CreationDate');

/** Takes out of the document all that acts, all that tells about its making, and every object then out of reach. */
export function pruneDocument(context: PDFContext): void {
	const root = context.trailerInfo.Root;
	context.trailerInfo = { Root: root };
	const catalog = context.lookup(root, PDFDict);
	keepOnly(catalog, CATALOG);
	const nameTrees = catalog.lookupMaybe(PDFName.of('Names'), PDFDict);
	if (nameTrees) keepOnly(nameTrees, NAME_TREES);

	const reached = new Set<PDFRef>();
	const queue: (PDFObject | undefined)[] = [root];
	while (queue.length > 0) {
		const next = queue.pop();
		if (next instanceof PDFRef) {
			if (reached.has(next)) continue;
			reached.add(next);
			queue.push(context.lookup(next));
		} else if (next instanceof PDFArray) {
			pruneArray(context, next);
			queue.push(...next.asArray());
		} else {
			const dict = next instanceof PDFStream ? next.dict : next;
			if (!(dict instanceof PDFDict)) continue;
			pruneDict(context, dict);
			queue.push(...dict.values());
		}
	}
	for (const [ref] of context.enumerateIndirectObjects()) if (!reached.has(ref)) context.delete(ref);
}

function pruneDict(context: PDFContext, dict: PDFDict): void {
	for (const [key, value] of dict.entries()) {
		if (NOWHERE.has(key) || isUnwanted(context, value)) dict.delete(key);
	}
	if (isRemark(dict)) for (const key of REMARK) dict.delete(key);
	// A signature names its signer and no longer holds once the file is rewritten.
	const value = dict.get(PDFName.of('V'));
	const signature = value && context.lookup(value);
	if (signature instanceof PDFDict && signature.has(PDFName.of('ByteRange'))) dict.delete(PDFName.of('V'));
}

function pruneArray(context: PDFContext, array: PDFArray): void {
	for (let i = array.size() - 1; i >= 0; i--) if (isUnwanted(context, array.get(i))) array.remove(i);
}

/** True for a forbidden action, a link to anything but the web, mail or telephone, and an annotation that carries a file. */
function isUnwanted(context: PDFContext, value: PDFObject): boolean {
	const object = context.lookup(value);
	const dict = object instanceof PDFStream ? object.dict : object;
	if (!(dict instanceof PDFDict)) return false;
	const action = dict.lookup(PDFName.of('S'));
	if (action instanceof PDFName && ACTIONS.has(action)) return true;
	const annotation = dict.lookup(PDFName.of('Subtype'));
	if (annotation instanceof PDFName && ANNOTATIONS.has(annotation)) return true;
	if (action !== PDFName.of('URI')) return false;
	const address = dict.lookup(PDFName.of('URI'));
	const text = address instanceof PDFString || address instanceof PDFHexString ? address.decodeText() : '';
	return !/^(https?|mailto|tel):/i.test(text);
}

function isRemark(dict: PDFDict): boolean {
	const subtype = dict.lookup(PDFName.of('Subtype'));
	return dict.has(PDFName.of('Rect')) && subtype instanceof PDFName && subtype !== PDFName.of('Widget');
}

function keepOnly(dict: PDFDict, kept: ReadonlySet<PDFName>): void {
	for (const key of dict.keys()) if (!kept.has(key)) dict.delete(key);
}

function names(...lists: string[]): ReadonlySet<PDFName> {
	return new Set(lists.flatMap((list) => list.split(' ')).map((name) => PDFName.of(name)));
}
