import type { RecordView, ViewContent } from './record-view.js';

/**
 * The only place where a {@link RecordView} comes into being. Not exported from the lib's door: whoever needs a view
 * calls `deidentify`.
 */
export function mintView(content: ViewContent): RecordView {
  return content as RecordView;
}
