/** A line to type in and a list of what the text means; arrows choose, Enter does it, Escape leaves. */

import type { ReactElement } from 'react';
import {
  Autocomplete,
  Dialog,
  Input,
  Menu,
  MenuItem,
  Modal,
  ModalOverlay,
  SearchField,
  Text,
} from 'react-aria-components';

export interface PaletteEntry {
  readonly id: string;
  readonly title: string;
  readonly note: string;
}

export interface PaletteProps {
  readonly isOpen: boolean;
  readonly text: string;
  readonly entries: readonly PaletteEntry[];
  /** Why what was chosen was not done, or null. */
  readonly problem: string | null;
  /** What came of what was chosen, where the window does not show it by itself. */
  readonly said: string | null;
  readonly onText: (text: string) => void;
  readonly onChoose: (id: string) => void;
  readonly onClose: () => void;
}

export function Palette(props: PaletteProps): ReactElement {
  const { isOpen, text, entries, problem, said, onText, onChoose, onClose } = props;
  return (
    <ModalOverlay
      className="veil palette-veil"
      isOpen={isOpen}
      isDismissable
      onOpenChange={(open) => !open && onClose()}
    >
      <Modal className="modal palette">
        <Dialog className="palette-dialog" aria-label="Commands">
          <Autocomplete inputValue={text} onInputChange={onText}>
            <SearchField className="palette-field" aria-label="Page or action" autoFocus>
              <Input placeholder="Go to a page, or do something …" autoComplete="off" spellCheck={false} />
            </SearchField>
            {problem === null ? null : (
              <p className="field-problem palette-problem" role="alert">
                {problem}
              </p>
            )}
            {said === null ? null : (
              <p className="palette-said" role="status">
                {said}
              </p>
            )}
            <Menu
              className="menu palette-menu"
              aria-label="Commands"
              items={entries}
              onAction={(id) => onChoose(String(id))}
              renderEmptyState={() => <p className="muted palette-nothing">Nothing is called that.</p>}
            >
              {({ id, title, note }: PaletteEntry) => (
                <MenuItem id={id} textValue={title} className="menu-item palette-item">
                  <Text slot="label">
                    {title} <small>{note}</small>
                  </Text>
                </MenuItem>
              )}
            </Menu>
          </Autocomplete>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
