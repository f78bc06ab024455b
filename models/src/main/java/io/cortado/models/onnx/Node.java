package io.cortado.models.onnx;

import io.cortado.models.protobuf.Message;

/** An operator's application, before its inputs and outputs are named. */
public final class Node {

  private final String operator;
  private final Message attributes = new Message();

  private Node(String operator) {
    this.operator = operator;
  }

  /** Makes one without attributes. */
  public static Node of(String operator) {
    return new Node(operator);
  }

  /** Adds an attribute. */
  public Node with(String name, float value) {
    return with(name, Fields.TYPE_FLOAT, new Message().add(Fields.ATTRIBUTE_F, value));
  }

  /** Adds an attribute. */
  public Node with(String name, long value) {
    return with(name, Fields.TYPE_INT, new Message().add(Fields.ATTRIBUTE_I, value));
  }

  /** Adds an attribute. */
  public Node with(String name, boolean value) {
    return with(name, value ? 1L : 0L);
  }

  /** Adds an attribute. */
  public Node with(String name, String value) {
    return with(name, Fields.TYPE_STRING, new Message().add(Fields.ATTRIBUTE_S, value));
  }

  /** Adds an attribute. */
  public Node with(String name, int... values) {
    Message m = new Message();
    for (int v : values) {
      m.add(Fields.ATTRIBUTE_INTS, (long) v);
    }
    return with(name, Fields.TYPE_INTS, m);
  }

  private Node with(String name, int type, Message value) {
    value.add(Fields.ATTRIBUTE_NAME, name).add(Fields.ATTRIBUTE_TYPE, (long) type);
    attributes.add(Fields.NODE_ATTRIBUTE, value);
    return this;
  }

  String operator() {
    return operator;
  }

  /** Returns the message's fields for the attributes. */
  Message attributes() {
    return attributes;
  }
}
