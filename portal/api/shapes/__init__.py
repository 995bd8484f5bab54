"""What goes in and comes out, as marshmallow schemas: the description of the interface is made from them."""
