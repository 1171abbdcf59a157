/** A dialog over the page: Escape and a press beside it close it, and the focus goes back to where it was. */

import type { ReactElement, ReactNode } from 'react';
import { Button, Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components';

export interface SheetProps {
  readonly title: string;
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

export function Sheet({ title, isOpen, onClose, children }: SheetProps): ReactElement {
  return (
    <ModalOverlay className="sheet-ground" isOpen={isOpen} onOpenChange={(opens) => !opens && onClose()} isDismissable>
      <Modal className="sheet">
        <Dialog className="sheet-dialog">
          <Heading slot="title">{title}</Heading>
          {children}
          <Button className="button" slot="close">
            Close
          </Button>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
